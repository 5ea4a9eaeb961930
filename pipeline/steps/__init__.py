"""One module a step. Importing this package registers them all; ``registry.STEPS`` lists them."""
