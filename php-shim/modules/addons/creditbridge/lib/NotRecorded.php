<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge;

use RuntimeException;

/**
 * An act that could not be recorded in the audit; its transaction was rolled back.
 */
final class NotRecorded extends RuntimeException
{
}
