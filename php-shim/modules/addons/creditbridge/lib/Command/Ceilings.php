<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Command;

use InvalidArgumentException;
use WHMCS\Module\Addon\Creditbridge\Audit;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Declined;
use WHMCS\Module\Addon\Creditbridge\Hundredths;
use WHMCS\Module\Addon\Creditbridge\Prepared;
use WHMCS\Module\Addon\Creditbridge\Schema;

/**
 * How much commands may add to balances: in one addition, to one client in a day, to all in an hour and in a day. Who can
 * insert commands (a stolen database password of the service is enough) makes no more money than this. So the figures, and the
 * sums they are compared with (Addition), stand in tables that the service's account can neither read nor write.
 *
 * One row for each currency. The first is made from the credit log of the last year; a full admin changes it on the Connection
 * page.
 */
final class Ceilings
{
    const NAMES = ['single', 'client_daily', 'hourly', 'daily'];
    /** For one addition where the history shows less, in the default currency: one that nobody needs often, nor misses much. */
    const LEAST_HUNDREDTHS = 100000;
    const HISTORY_DAYS = 365;
    /** A figure is a slip of the hand above so many times what the history suggests. */
    const SLIP_TIMES = 1000;
    /** How the reason of a waiting command begins; only the shim writes reasons. */
    const REASON = 'Above a ceiling of the Connection page: ';

    /** Makes the figures of this currency, unless another process was faster. */
    public static function make(int $currency)
    {
        $figures = self::fromHistory($currency);
        Prepared::change(
            'INSERT IGNORE INTO mod_creditbridge_ceilings (currency_id, single_hundredths, client_daily_hundredths,'
            . ' hourly_hundredths, daily_hundredths, set_by, set_at) VALUES (?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(6))',
            array_merge([$currency], array_values($figures), [Audit::SHIM])
        );
    }

    /** Makes the missing figures of all currencies. */
    public static function makeAll()
    {
        $missing = 'SELECT k.id FROM tblcurrencies k LEFT JOIN mod_creditbridge_ceilings g ON g.currency_id = k.id'
            . ' WHERE g.currency_id IS NULL';
        foreach (Database::rows($missing) as $row) {
            self::make((int) $row['id']);
        }
    }

    /** @return array[] the rows, with the currency's code */
    public static function all(): array
    {
        return Database::rows(
            'SELECT k.code, g.* FROM mod_creditbridge_ceilings g JOIN tblcurrencies k ON k.id = g.currency_id'
            . ' ORDER BY g.currency_id'
        );
    }

    /**
     * @param array $typed name → decimal, as the admin typed it
     * @throws Declined with a sentence for the admin
     */
    public static function save(int $currency, array $typed, int $adminId): string
    {
        $figures = array_map([self::class, 'read'], array_replace(array_fill_keys(self::NAMES, ''), $typed));
        $before = Database::row('SELECT * FROM mod_creditbridge_ceilings WHERE currency_id = ?', [$currency]);
        if ($before === null) {
            throw new Declined('There is no such currency.');
        }
        self::refuseSlips($figures, self::fromHistory($currency));
        $details = [];
        foreach (self::NAMES as $name) {
            $details[$name] = [Hundredths::format((int) $before[$name . '_hundredths']), Hundredths::format($figures[$name])];
        }
        Audit::recorded(Audit::admin($adminId), 'ceilings-save', $details, static function () use (
            $currency,
            $figures,
            $adminId
        ): bool {
            Database::change(
                'UPDATE mod_creditbridge_ceilings SET single_hundredths = ?, client_daily_hundredths = ?, hourly_hundredths = ?,'
                . ' daily_hundredths = ?, set_by = ?, set_at = UTC_TIMESTAMP(6) WHERE currency_id = ?',
                [
                    $figures['single'], $figures['client_daily'], $figures['hourly'], $figures['daily'],
                    Audit::admin($adminId), $currency,
                ]
            );
            return true;
        }, 'currency:' . $currency);
        self::lookAgain();

        return 'Saved. Additions that waited are looked at again.';
    }

    /**
     * @param array<string, int> $figures
     * @param array<string, int> $usual
     * @throws Declined for a figure that would stop nothing
     */
    private static function refuseSlips(array $figures, array $usual)
    {
        foreach ($figures as $name => $figure) {
            $most = self::SLIP_TIMES * $usual[$name];
            if ($figure > $most) {
                throw new Declined(Hundredths::format($figure) . ' is more than ' . self::SLIP_TIMES . ' times '
                    . Hundredths::format($usual[$name]) . ', which your credit log of the last year suggests: it would stop'
                    . ' nothing. Set at most ' . Hundredths::format($most) . '.');
            }
        }
    }

    /** Additions that wait now. */
    public static function waiting(): int
    {
        return Schema::isCurrent() ? (int) Database::value(
            "SELECT COUNT(*) FROM mod_creditbridge_commands WHERE state = 'open' AND action = 'AddCredit' AND reason LIKE ?",
            [self::REASON . '%']
        ) : 0;
    }

    /** Has those that wait be looked at again at once. */
    private static function lookAgain()
    {
        Database::change(
            "UPDATE mod_creditbridge_commands SET not_before = NULL WHERE state = 'open' AND action = 'AddCredit'"
            . ' AND reason LIKE ?',
            [self::REASON . '%']
        );
    }

    private static function read($typed): int
    {
        try {
            $amount = is_string($typed) ? Hundredths::parse($typed) : -1;
        } catch (InvalidArgumentException $notAnAmount) {
            $amount = -1;
        }
        if ($amount < 0) {
            throw new Declined('Each ceiling must be an amount such as 1000.00. With 0.00, nothing is added.');
        }
        return $amount;
    }

    /**
     * Twice what the last year needed. tblcredit has dates, and no times (whmcs.md §5), so an hour may take what was the largest
     * day.
     *
     * @return array<string, int> in the order of NAMES
     */
    private static function fromHistory(int $currency): array
    {
        $log = 'FROM tblcredit r JOIN tblclients c ON c.id = r.clientid WHERE c.currency = ? AND r.amount > 0'
            . ' AND r.date >= CURRENT_DATE - INTERVAL ' . self::HISTORY_DAYS . ' DAY';
        $clients = Database::row(
            'SELECT COALESCE(MAX(largest), 0) AS single, COALESCE(MAX(total), 0) AS day FROM (SELECT MAX(r.amount) AS largest,'
            . ' SUM(r.amount) AS total ' . $log . ' GROUP BY r.clientid, r.date) t',
            [$currency]
        );
        $all = Database::value(
            'SELECT COALESCE(MAX(total), 0) FROM (SELECT SUM(r.amount) AS total ' . $log . ' GROUP BY r.date) t',
            [$currency]
        );
        $single = max(self::least($currency), 2 * self::hundredths($clients['single']));
        $hourly = max(5 * $single, 2 * self::hundredths($all));

        return [
            'single' => $single,
            'client_daily' => max(2 * $single, 2 * self::hundredths($clients['day'])),
            'hourly' => $hourly,
            'daily' => 2 * $hourly,
        ];
    }

    private static function least(int $currency): int
    {
        $rate = Database::value('SELECT rate FROM tblcurrencies WHERE id = ?', [$currency]);
        // How many hundredths a unit of the default currency is; a rate is a figure with five decimals, not money.
        $units = (int) ceil(self::LEAST_HUNDREDTHS / 100 * max(0.0, (float) $rate));

        return $units > 0 ? $units * 100 : self::LEAST_HUNDREDTHS;
    }

    /** A sum that the server computed has as many decimals as the column. */
    private static function hundredths($decimal): int
    {
        return Hundredths::parse((string) $decimal);
    }
}
