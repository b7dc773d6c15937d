<?php

declare(strict_types=1);

namespace StandIn\Platform;

use RuntimeException;

/** The act ended in the rollback a switch asked for; nothing of it is left. */
final class RolledBack extends RuntimeException
{
}
