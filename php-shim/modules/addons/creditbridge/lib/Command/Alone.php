<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Command;

use InvalidArgumentException;
use WHMCS\Module\Addon\Creditbridge\Audit;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Hundredths;
use WHMCS\Module\Addon\Creditbridge\Json;

/**
 * How much one admin may do alone within a day, reckoned as the service does (src/operations/why-second.ts), because commands in
 * doubt are settled without it, too. What the service noted counts with what was settled here.
 */
final class Alone
{
    const HOURS = 24;
    /** In the default currency, before anybody has set an amount: 100.00. */
    const USUAL_HUNDREDTHS = 10000;
    /** WHMCS stores rates with five decimals. */
    const RATE_SCALE = 100000;

    /**
     * Whether this admin may do this, too. Call it in a transaction: acts of one admin wait for each other here, and in the
     * service.
     *
     * @param string $except a command whose earlier answer does not count
     */
    public static function has(int $adminId, int $currency, int $amount, string $except): bool
    {
        $limits = self::limits();
        $limit = $limits === [] ? 0 : self::of($limits, $currency);
        $sum = $amount;
        foreach (self::lately($adminId, $except) as $row) {
            $own = $limits === [] ? 0 : self::of($limits, (int) $row['currency_id']);
            if ($own === 0) {
                return false;
            }
            $sum += self::share((int) $row['hundredths'], $limit, $own, true);
        }
        return $sum <= $limit;
    }

    /**
     * Every currency has a limit: without one of its own the strictest of the others, converted.
     *
     * @return array<int, int> currency → hundredths; [] if the stored amounts cannot be read
     */
    private static function limits(): array
    {
        $currencies = array_column(
            Database::rows('SELECT id, CAST(rate * ' . self::RATE_SCALE . ' AS SIGNED) AS rate, `default` FROM tblcurrencies'),
            null,
            'id'
        );
        $stored = self::stored();
        if ($stored === null) {
            return [];
        }
        if ($stored === []) {
            $main = array_search(1, array_map('intval', array_column($currencies, 'default', 'id')), true);
            $stored = [(int) $main => self::USUAL_HUNDREDTHS];
        }
        $limits = $stored;
        foreach (array_diff_key($currencies, $stored) as $id => $to) {
            $worths = [];
            foreach ($stored as $other => $amount) {
                $from = (int) ($currencies[$other]['rate'] ?? $to['rate']);
                $worths[] = $from > 0 && $to['rate'] > 0 ? self::share($amount, (int) $to['rate'], $from, false) : 0;
            }
            $limits[$id] = min($worths);
        }
        return $limits;
    }

    /** The smallest of all for a currency that WHMCS does not have any more. */
    private static function of(array $limits, int $currency): int
    {
        return $limits[$currency] ?? min($limits);
    }

    /**
     * As the service keeps them.
     *
     * @return array<int, int>|null currency → hundredths; null if they cannot be read
     */
    private static function stored()
    {
        $text = Database::hasTable('mod_creditbridge_rule_settings') ? Database::value(
            'SELECT settings FROM mod_creditbridge_rule_settings WHERE rule = ? AND layer = ? AND layer_id = 0',
            ['operations/approval', 'installation']
        ) : null;
        if ($text === null) {
            return [];
        }
        try {
            $amounts = Json::decode($text)['amounts'] ?? null;
            return is_array($amounts) ? array_map([Hundredths::class, 'parse'], $amounts) : null;
        } catch (InvalidArgumentException $notAnAmount) {
            return null;
        }
    }

    /** What the admin did within a day that nobody else agreed to, by currency. */
    private static function lately(int $adminId, string $except): array
    {
        $since = 'UTC_TIMESTAMP(6) - INTERVAL ' . self::HOURS . ' HOUR';
        $own = 'SELECT currency_id, amount_hundredths FROM mod_creditbridge_answers'
            . ' WHERE admin_id = ? AND is_alone = 1 AND at >= ' . $since . ' AND command_id <> ?';
        $bindings = [$adminId, $except];
        if (Database::hasTable('mod_creditbridge_alone')) {
            // The row that the service locks, too.
            Database::change(
                "INSERT INTO mod_creditbridge_state (name, value) VALUES (?, '') ON DUPLICATE KEY UPDATE value = ''",
                ['alone:' . Audit::admin($adminId)]
            );
            $own .= ' UNION ALL SELECT currency_id, amount_hundredths FROM mod_creditbridge_alone a'
                . ' WHERE actor = ? AND (since IS NULL OR since >= ' . $since . ')'
                . ' AND NOT EXISTS (SELECT 1 FROM mod_creditbridge_commands k'
                . " WHERE k.fact = CONCAT('operation:', a.id) AND k.state IN ('refused', 'stale'))";
            $bindings[] = Audit::admin($adminId);
        }
        return Database::rows(
            'SELECT currency_id, SUM(amount_hundredths) AS hundredths FROM (' . $own . ') t GROUP BY currency_id',
            $bindings
        );
    }

    /** Amount × of / in, exactly: the product may be larger than an integer of PHP. */
    private static function share(int $amount, int $of, int $in, bool $isUp): int
    {
        return (int) Database::value(
            'SELECT (CAST(? AS DECIMAL(20)) * CAST(? AS DECIMAL(20)) + CAST(? AS DECIMAL(20))) DIV CAST(? AS DECIMAL(20))',
            [$amount, $of, $isUp ? $in - 1 : 0, $in]
        );
    }
}
