<?php

declare(strict_types=1);

namespace StandIn\Admin;

use RuntimeException;

/** What staff asked for is not possible; the message says why. */
final class Refused extends RuntimeException
{
}
