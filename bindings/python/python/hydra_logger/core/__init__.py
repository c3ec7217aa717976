"""The parts that the logger is made of."""
