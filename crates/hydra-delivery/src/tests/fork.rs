use std::sync::Arc;

use super::{push, take_all};
use crate::bell::Bell;
use crate::memory::Memory;
use crate::ring::{PushError, over};
use crate::sys;

/// Whether the checks, run in the child of a fork, all hold. They may not allocate: another thread
/// of the tests may have held the allocator's lock.
fn holds_in_child(check: impl FnOnce() -> bool) -> bool {
    // SAFETY: the child runs `check`, which touches its own memory and atomics, and ends.
    let child = unsafe { libc::fork() };
    if child == 0 {
        let holds = check();
        // SAFETY: ends the child at once, without running anything of the test's.
        unsafe { libc::_exit(i32::from(!holds)) };
    }
    let mut status = -1;
    // SAFETY: `status` is a place for one c_int.
    let waited = unsafe { libc::waitpid(child, &raw mut status, 0) };
    (waited, status) == (child, 0)
}

#[test]
fn a_child_can_neither_write_to_nor_read_from_its_parents_ring() {
    // As the system does it, and as where it cannot.
    for memory in [Memory::new(256), Memory::unwiped(256)] {
        let (mut producer, mut consumer) = over(memory.unwrap(), Arc::new(Bell::new()));
        push(&mut producer, b"read by the parent before").unwrap();
        take_all(&mut consumer);
        push(&mut producer, b"the parent's").unwrap();
        consumer.look();
        assert!(holds_in_child(|| {
            let refused = producer.push(4, |_| ()) == Err(PushError::Forked);
            let waits_for_nothing = producer.wait_for_room(None);
            let unseen = consumer.next().is_none() && consumer.used() == 0;
            consumer.look();
            let unread = consumer.next().is_none() && consumer.is_finished();
            consumer.advance();
            consumer.release();
            consumer.close();
            refused && waits_for_nothing && unseen && unread
        }));
        push(&mut producer, b"the parent's next").unwrap();
        let expected = [b"the parent's".as_slice(), b"the parent's next"];
        assert_eq!(take_all(&mut consumer), expected);
    }
}

#[test]
fn a_child_drops_what_it_inherits_without_waking_or_waiting_for_anybody() {
    for memory in [Memory::new(256), Memory::unwiped(256)] {
        let bell = Arc::new(Bell::new());
        let (mut producer, consumer) = over(memory.unwrap(), Arc::clone(&bell));
        push(&mut producer, b"record").unwrap();
        let mut ends = Some((producer, consumer));
        assert!(holds_in_child(|| {
            ends.take();
            let mut was_called = true;
            bell.rest(Some(std::time::Duration::ZERO), || {
                was_called = false;
                true
            });
            !was_called
        }));
        let (producer, mut consumer) = ends.unwrap();
        drop(producer);
        assert_eq!(take_all(&mut consumer), [b"record"]);
        assert!(consumer.is_finished());
    }
}

#[test]
fn a_child_can_have_rings_of_its_own() {
    let parents = over(Memory::new(256).unwrap(), Arc::new(Bell::new()));
    assert!(holds_in_child(|| {
        // A child allocates at its own risk; there, the C library's allocator survives a fork.
        let Ok(memory) = Memory::new(256) else {
            return false;
        };
        let (mut producer, mut consumer) = over(memory, Arc::new(Bell::new()));
        let accepted = push(&mut producer, b"child").is_ok();
        consumer.look();
        accepted && consumer.next() == Some(b"child".as_slice())
    }));
    drop(parents);
}

/// From here on membarrier(2) fails in this process, as in a container that forbids it.
fn forbid_membarrier() -> bool {
    let step = |code: u32, jump_if: u8, value: u32| libc::sock_filter {
        code: code as u16,
        jt: jump_if,
        jf: 0,
        k: value,
    };
    let number = libc::SYS_membarrier as u32;
    let refusal = libc::SECCOMP_RET_ERRNO | libc::EPERM as u32;
    let mut steps = [
        step(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0, 0),
        step(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K, 1, number),
        step(libc::BPF_RET | libc::BPF_K, 0, libc::SECCOMP_RET_ALLOW),
        step(libc::BPF_RET | libc::BPF_K, 0, refusal),
    ];
    let program = libc::sock_fprog {
        len: steps.len() as u16,
        filter: steps.as_mut_ptr(),
    };
    // SAFETY: the program and its steps live until the call has copied them.
    unsafe {
        libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
            && libc::prctl(
                libc::PR_SET_SECCOMP,
                libc::SECCOMP_MODE_FILTER,
                &raw const program,
            ) == 0
    }
}

#[test]
fn where_the_barrier_is_forbidden_before_or_after_the_start_the_bell_still_works() {
    assert!(holds_in_child(|| {
        let early = Arc::new(Bell::new());
        if !forbid_membarrier() || sys::register_barrier() || sys::barrier() {
            return false;
        }
        [early, Arc::new(Bell::new())].into_iter().all(|bell| {
            let (mut producer, mut consumer) = over(Memory::new(256).unwrap(), Arc::clone(&bell));
            let accepted = push(&mut producer, b"record").is_ok();
            let mut looks = 0;
            bell.rest(None, || {
                looks += 1;
                consumer.used() > 0
            });
            consumer.close();
            let refused = push(&mut producer, b"late") == Err(PushError::Closed);
            accepted && looks == 1 && refused && take_all(&mut consumer) == [b"record"]
        })
    }));
}
