<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Connection;

use RuntimeException;

/**
 * The service was not asked, did not answer, or answered what cannot be believed. Whatever was to be told stays
 * spooled.
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

    /** The service itself, believed, says that it is starting, stopping or without its database: soon it may work again. */
    public function isPassing(): bool
    {
        return in_array($this->reason, ['storage-unavailable', 'shutting-down'], true);
    }

    public function reason(): string
    {
        return $this->reason;
    }
}
