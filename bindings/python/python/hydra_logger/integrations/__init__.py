"""One line for each web framework and server. Nothing here is imported before you import it.

| module | what it has |
|---|---|
| `asgi` | `HydraMiddleware`: Starlette, FastAPI, Quart and every other ASGI application |
| `wsgi` | `HydraMiddleware`: every WSGI application |
| `flask` | `init_app(app)` |
| `django` | `HydraMiddleware`, and `logging_config()` for the setting `LOGGING` |
| `uvicorn` | `log_config()` for `uvicorn.run` |
| `gunicorn` | `Logger`, a `logger_class` |

Each of the first four gives a request an id, takes over the caller's trace, has every record that
is made for the request carry both, and writes one record about the request when it is answered.
"""
