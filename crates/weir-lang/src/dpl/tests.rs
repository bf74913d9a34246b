mod cases;
mod diagnostics;
mod hostile;
mod print;
mod spec;
mod speed;
mod vectors;
