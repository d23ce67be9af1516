"""What is answered at each address, a module for each part of the site."""
