"""Mutants of Python: Cosmic Ray's operators as far as they mean something here, and three of our own.

Cosmic Ray knows operators and constants. It drops no statement, no step of a query (``.select_for_update()``,
``.order_by(…)``) and negates no filter of a comprehension, which is what this code is made of.
"""

import ast
import re
from collections.abc import Iterator

from cosmic_ray import plugins
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code

from tests.mutation.mutant import Mutant, mutant, span

# Without those whose mutants fail at once wherever they are (a set divided by a set, an ``is`` that becomes ``>``).
OPERATORS = re.compile(
    r"core/(AddNot|NumberReplacer|RemoveDecorator|ZeroIterationForLoop|ExceptionReplacer"
    r"|Replace(AndWithOr|OrWithAnd|TrueWithFalse|FalseWithTrue|BreakWithContinue|ContinueWithBreak)"
    r"|ReplaceUnaryOperator_Delete_Not"
    r"|ReplaceBinaryOperator_(Add_Sub|Sub_Add|Mul_Add|FloorDiv_Mul|BitAnd_BitOr)"
    r"|ReplaceComparisonOperator_(Is_IsNot|IsNot_Is|Eq_NotEq|NotEq_Eq"
    r"|Lt_LtE|Lt_GtE|LtE_Lt|LtE_Gt|Gt_GtE|Gt_LtE|GtE_Gt|GtE_Lt))$"
)
STEPS = {"select_for_update", "order_by", "filter", "exclude", "unresolved"}


def python_mutants(path: str, code: str) -> Iterator[Mutant]:
    seen = {code}
    for mutated in [*of_cosmic_ray(code), *of_our_own(code)]:
        if mutated not in seen and is_python(mutated):
            seen.add(mutated)
            yield mutant(path, code, mutated)


def of_cosmic_ray(code: str) -> Iterator[str]:
    for name in filter(OPERATORS.match, plugins.operator_names()):
        operator = plugins.get_operator(name)()
        count = sum(len(list(operator.mutation_positions(node))) for node in ast_nodes(get_ast(code)))
        for nth in range(count):
            if mutated := mutate_code(code, operator, nth):
                yield mutated


def of_our_own(code: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(code)):
        match node:
            case ast.Expr(value=ast.Call()) | ast.AugAssign():
                yield replaced(code, node, "pass")
            case ast.Call(func=ast.Attribute(value=queried, attr=step)) if step in STEPS:
                yield replaced(code, node, ast.get_source_segment(code, queried) or "")
            case ast.comprehension(ifs=[condition]):
                yield replaced(code, condition, f"not ({ast.get_source_segment(code, condition)})")


def replaced(code: str, node: ast.expr | ast.stmt, text: str) -> str:
    start, end = span(code, node)
    return code[:start] + text + code[end:]


def is_python(code: str) -> bool:
    try:
        compile(code, "mutant", "exec")
    except SyntaxError:
        return False
    return True
