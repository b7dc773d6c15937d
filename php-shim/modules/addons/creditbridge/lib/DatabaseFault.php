<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge;

use PDOException;
use Throwable;

/**
 * Faults of the whole database that last until somebody mends it.
 */
final class DatabaseFault
{
    /** Error numbers of MariaDB and MySQL: no room (1021, 1114); read-only (1290, 1792, 1836). */
    const NUMBERS = [1021, 1114, 1290, 1792, 1836];

    /** Whether such a fault is behind it. Then nobody is to blame, and the same will work after the mend. */
    public static function isBehind(Throwable $fault): bool
    {
        for ($cause = $fault; $cause !== null; $cause = $cause->getPrevious()) {
            if ($cause instanceof PDOException && in_array((int) ($cause->errorInfo[1] ?? 0), self::NUMBERS, true)) {
                return true;
            }
        }
        return false;
    }

    /**
     * What went wrong, for a page or a reason. Of a refused statement only the server's own words: the statement itself, which
     * Capsule appends with its values, may hold what not everybody who reads this may see.
     */
    public static function words(Throwable $fault): string
    {
        $before = $fault->getPrevious();

        return $fault instanceof PDOException && $before instanceof PDOException
            ? $before->getMessage() : $fault->getMessage();
    }
}
