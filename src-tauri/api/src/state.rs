//! x
pub struct App;
