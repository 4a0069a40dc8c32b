"""What `vision.generate` is made of: networks that draw from random numbers, their training, pictures out of them."""
