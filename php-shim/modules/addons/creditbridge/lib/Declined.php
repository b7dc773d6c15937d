<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge;

use RuntimeException;

/**
 * What an admin asked for cannot be done; the message tells the admin why. No fault of ours, so no log has it.
 */
final class Declined extends RuntimeException
{
}
