from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Callable, Dict, TypeVar, cast

from ._ballast import Ballast
from ._options import Options

if TYPE_CHECKING:
    from typing_extensions import Unpack

_Function = TypeVar("_Function", bound=Callable[..., Any])


def _context_in(arguments: tuple[Any, ...], named: Dict[str, Any]) -> Any:
    for argument in (*arguments, *named.values()):
        if callable(getattr(argument, "get_remaining_time_in_millis", None)):
            return argument
    return None


def ensured(**options: Unpack[Options]) -> Callable[[_Function], _Function]:
    """A decorator: the tree is there before each call of the function, which may be a coroutine.

    Takes the options of `ensure`. When the function gets Lambda's context, hydration ends before its time does.
    """
    ballast = Ballast(**options)

    def decorate(function: _Function) -> _Function:
        import inspect

        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def asynchronous(*arguments: Any, **named: Any) -> Any:
                await ballast.aensure(context=_context_in(arguments, named))
                return await function(*arguments, **named)

            return cast(_Function, asynchronous)

        @functools.wraps(function)
        def synchronous(*arguments: Any, **named: Any) -> Any:
            ballast.ensure(context=_context_in(arguments, named))
            return function(*arguments, **named)

        return cast(_Function, synchronous)

    return decorate
