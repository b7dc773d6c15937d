<?php

declare(strict_types=1);

namespace StandIn\Platform;

/** Rows of tblcurrencies, and amounts written as a currency shows them (whmcs.md §2.9). */
final class Currency
{
    /** @var array<int, array<string, mixed>>|null */
    private static ?array $rows = null;

    /** @return array<string, mixed> id, code, prefix, suffix, format, rate, default */
    public static function byId(int $id): array
    {
        self::load();
        return self::$rows[$id] ?? self::default();
    }

    /** @return array<string, mixed> */
    public static function default(): array
    {
        self::load();
        foreach (self::$rows ?? [] as $row) {
            if ((int) $row['default'] === 1) {
                return $row;
            }
        }
        return reset(self::$rows);
    }

    /** @return array<string, mixed> */
    public static function ofClient(int $clientId): array
    {
        return self::byId((int) Db::table('tblclients')->where('id', $clientId)->value('currency'));
    }

    /** Formats 1 and 2 have two decimals, 3 has a comma for them, 4 has none. */
    public static function format(int $hundredths, int $currencyId): string
    {
        $currency = self::byId($currencyId);
        [$decimals, $point, $thousands] = match ((int) $currency['format']) {
            2 => [2, '.', ','],
            3 => [2, ',', '.'],
            4 => [0, '.', ','],
            default => [2, '.', ''],
        };
        $sign = $hundredths < 0 ? '-' : '';
        return $sign . $currency['prefix'] . number_format(abs($hundredths) / 100, $decimals, $point, $thousands) . $currency['suffix'];
    }

    /** From the default currency, at the currency's rate, rounded half up. */
    public static function fromDefault(int $hundredths, int $currencyId): int
    {
        return (int) round($hundredths * (float) self::byId($currencyId)['rate']);
    }

    private static function load(): void
    {
        self::$rows ??= Db::table('tblcurrencies')->get()
            ->mapWithKeys(static fn (object $row): array => [(int) $row->id => (array) $row])->all();
    }
}
