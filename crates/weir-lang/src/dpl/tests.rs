mod cases;
mod diagnostics;
mod hostile;
mod vectors;
