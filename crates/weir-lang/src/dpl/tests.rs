mod cases;
mod diagnostics;
mod hostile;
mod long;
mod print;
mod spec;
mod speed;
mod vectors;
