<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Command;

use WHMCS\Module\Addon\Creditbridge\Json;

/**
 * A row of mod_creditbridge_commands as the executor handles it, and the names of its states.
 */
final class Command
{
    const OPEN = 'open';
    const RUNNING = 'running';
    const DONE = 'done';
    const REFUSED = 'refused';
    const STALE = 'stale';
    const UNKNOWN = 'unknown';

    /** The row with its numbers as integers and its JSON decoded. */
    public static function of(array $row): array
    {
        foreach (['parameters', 'expects', 'witnesses'] as $column) {
            $row[$column] = Json::decode($row[$column]);
        }
        foreach (['client_id', 'attempts', 'fence', 'depth'] as $column) {
            $row[$column] = (int) $row[$column];
        }
        $row['invoice_id'] = $row['invoice_id'] === null ? 0 : (int) $row['invoice_id'];

        return $row;
    }

    /** Short, because clients may read it in other addons' credit views (design §7.3). */
    public static function marker(string $id): string
    {
        return ' [cb:' . $id . ']';
    }
}
