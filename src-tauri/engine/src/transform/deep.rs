//! Expressions that nest deeply. Parser and planner call themselves once a level, and a stack that overflows ends the
//! process: long texts are compiled on a stack of their own, and what is too deep to be evaluated is refused.

use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion, TreeNodeVisitor};
use datafusion::logical_expr::Expr;

use super::expressions::Problem;

/// A text this short cannot nest deeply.
const SHORT: usize = 64;
/// A longer text could nest more deeply than the stack allows.
const LONGEST: usize = 32 << 10;
/// Only what is used of it is taken from memory.
const STACK: usize = 512 << 20;
/// Levels that a task of the application evaluates without coming near the end of its stack.
const DEEPEST: usize = 250;

/// Does the work where it cannot overflow the stack, whatever `sql` is.
pub(super) fn with_stack_for<T: Send>(sql: &str, work: impl FnOnce() -> T + Send) -> Result<T, Problem> {
    if sql.len() <= SHORT {
        return Ok(work());
    }
    if sql.len() > LONGEST {
        return Err(refused(format!("the expression is longer than {LONGEST} bytes")));
    }
    std::thread::scope(|threads| {
        std::thread::Builder::new()
            .stack_size(STACK)
            .spawn_scoped(threads, work)
            .map_err(|_| refused("the expression cannot be read: there is no memory for it".into()))
            .map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    })
}

/// Must be called on the deep stack.
pub(super) fn refuse_deep(expr: &Expr) -> Result<(), Problem> {
    struct Depth {
        now: usize,
        most: usize,
    }
    impl TreeNodeVisitor<'_> for Depth {
        type Node = Expr;
        fn f_down(&mut self, _: &Expr) -> datafusion::common::Result<TreeNodeRecursion> {
            self.now += 1;
            self.most = self.most.max(self.now);
            Ok(TreeNodeRecursion::Continue)
        }
        fn f_up(&mut self, _: &Expr) -> datafusion::common::Result<TreeNodeRecursion> {
            self.now -= 1;
            Ok(TreeNodeRecursion::Continue)
        }
    }
    let mut depth = Depth { now: 0, most: 0 };
    // The visitor never fails, so neither does the walk.
    let _ = expr.visit(&mut depth);
    match depth.most > DEEPEST {
        true => Err(refused(format!("the expression nests deeper than {DEEPEST} levels"))),
        false => Ok(()),
    }
}

/// Words that the parser takes for a form of their own, and for a function when that does not work out: where one stands
/// in another, a mistake inside is looked at twice as often with each level.
const TRIED_TWICE: &[&str] = &[
    "array",
    "cast",
    "ceil",
    "convert",
    "exists",
    "extract",
    "floor",
    "interval",
    "map",
    "match",
    "not",
    "overlay",
    "position",
    "prior",
    "safe_cast",
    "struct",
    "substr",
    "substring",
    "trim",
    "try_cast",
];
/// Levels of them: thousands of looks.
const MOST_TRIED_TWICE: usize = 12;

/// Must be called before the text is parsed.
pub(super) fn refuse_slow(sql: &str) -> Result<(), Problem> {
    let (mut quote, mut word, mut inside, mut open) = (None, String::new(), 0, Vec::new());
    for c in sql.chars() {
        match (quote, c) {
            (Some(end), c) if c == end => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"' | '`') => quote = Some(c),
            (None, c) if c.is_alphanumeric() || c == '_' => {
                word.extend(c.to_lowercase());
                continue;
            }
            // Blanks may stand between a word and its bracket.
            (None, c) if c.is_whitespace() => continue,
            (None, '(') => {
                let twice = TRIED_TWICE.iter().any(|w| word.ends_with(w));
                open.push(twice);
                inside += usize::from(twice);
                if inside > MOST_TRIED_TWICE {
                    let what = "cast, trim, substring and the like stand in each other";
                    return Err(refused(format!("more than {MOST_TRIED_TWICE} of {what}")));
                }
            }
            (None, ')') => inside -= usize::from(open.pop().unwrap_or(false)),
            _ => {}
        }
        word.clear();
    }
    Ok(())
}

fn refused(message: String) -> Problem {
    Problem { message, position: Some((1, 1)) }
}
