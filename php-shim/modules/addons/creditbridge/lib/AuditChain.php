<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge;

/**
 * How the rows of the audit are linked, as bridge/audit-chain.ts does it: a row that is changed, left out or put in between
 * shows.
 */
final class AuditChain
{
    const SALT_BYTES = 16;

    /** The link before the first row. */
    public static function beginning(): string
    {
        return str_repeat("\0", 32);
    }

    /** What stands for the text in the link, so that the text can be blanked. */
    public static function digest(string $salt, string $details): string
    {
        return hash('sha256', $salt . $details, true);
    }

    /**
     * @param string $before the link of the row before it
     * @param array $row sequence, id, actor, act, target, at
     */
    public static function link(string $before, array $row, string $digest): string
    {
        $said = implode("\0", [$row['sequence'], $row['id'], $row['actor'], $row['act'], $row['target'], $row['at']]);

        return hash('sha256', $before . $said . "\0" . $digest, true);
    }
}
