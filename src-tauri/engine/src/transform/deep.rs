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

fn refused(message: String) -> Problem {
    Problem { message, position: Some((1, 1)) }
}
