<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge;

use RuntimeException;

/**
 * A request of an admin cannot be done; the message tells the admin why. It is not a fault, so it is not logged.
 */
final class Declined extends RuntimeException
{
}
