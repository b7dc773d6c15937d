<?php

declare(strict_types=1);

namespace StandIn\Api;

/** One API action (whmcs.md §3.2). Throws ApiError with the documented message. */
interface Action
{
    /**
     * @param array<string, mixed> $values
     * @return array<string, mixed> Without result, which is success.
     */
    public function run(array $values): array;
}
