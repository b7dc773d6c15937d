<?php

declare(strict_types=1);

namespace StandIn\Api;

use StandIn\Billing\Invoices;
use StandIn\Platform\Db;
use stdClass;

/** Looks up what a parameter names, or refuses with the documented message. */
final class Read
{
    /** @param array<string, mixed> $values */
    public static function client(array $values, string $key = 'clientid', string $error = 'Client ID Not Found'): stdClass
    {
        return Db::table('tblclients')->where('id', (int) ($values[$key] ?? 0))->first() ?? throw new ApiError($error);
    }

    /** @param array<string, mixed> $values */
    public static function invoice(array $values, string $error = 'Invoice ID Not Found'): stdClass
    {
        return Invoices::find((int) ($values['invoiceid'] ?? 0)) ?? throw new ApiError($error);
    }

    /** @param array<string, mixed> $values Booleans arrive as true, 'true', '1', 1 or 'on'. */
    public static function flag(array $values, string $key): bool
    {
        return in_array(strtolower((string) ($values[$key] ?? '')), ['1', 'true', 'on'], true);
    }

    /** @param array<string, mixed> $values */
    public static function text(array $values, string $key): string
    {
        return trim((string) ($values[$key] ?? ''));
    }
}
