<?php

declare(strict_types=1);

namespace StandIn\Api;

use RuntimeException;

/** An answer with result = error; the message is the documented one. */
final class ApiError extends RuntimeException
{
}
