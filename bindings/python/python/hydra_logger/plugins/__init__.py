"""Plugins are attached to a logger by ``add_plugin`` and taken off it by ``remove_plugin``."""
