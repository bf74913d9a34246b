mod cases;
mod diagnostics;
mod hostile;
mod speed;
mod vectors;
