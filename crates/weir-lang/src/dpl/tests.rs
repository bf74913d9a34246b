mod cases;
mod diagnostics;
mod hostile;
mod spec;
mod speed;
mod vectors;
