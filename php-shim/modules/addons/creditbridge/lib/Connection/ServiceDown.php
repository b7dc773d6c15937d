<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Connection;

use RuntimeException;

/**
 * The service was not called, did not answer, or sent a reply without a valid signature. Unsent items stay in the
 * spool.
 */
final class ServiceDown extends RuntimeException
{
    /** @var string stable kebab-case code */
    private $reason;

    public function __construct(string $reason, string $sentence)
    {
        parent::__construct($sentence);
        $this->reason = $reason;
    }

    /** Whether the service itself says that it starts, stops or has no database. It may soon work again. */
    public function isPassing(): bool
    {
        return in_array($this->reason, ['storage-unavailable', 'shutting-down'], true);
    }

    public function reason(): string
    {
        return $this->reason;
    }
}
