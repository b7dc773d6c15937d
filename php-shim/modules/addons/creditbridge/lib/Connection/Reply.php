<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Connection;

use WHMCS\Module\Addon\Creditbridge\Json;

/**
 * A reply with a verified signature.
 */
final class Reply
{
    /** @var int HTTP status */
    public $status;
    /** @var array */
    public $body;

    public function __construct(int $status, string $text)
    {
        $this->status = $status;
        $this->body = Json::decode($text);
    }

    /** The refusal's code, or ''. */
    public function code(): string
    {
        return is_string($this->body['code'] ?? null) ? $this->body['code'] : '';
    }
}
