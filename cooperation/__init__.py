"""The practice of cooperation under the Convention: pure, no framework, no clock of its own."""
