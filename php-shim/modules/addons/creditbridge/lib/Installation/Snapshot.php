<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Installation;

use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Schema;
use WHMCS\Module\Addon\Creditbridge\SelfTest\SharedConnection;
use WHMCS\Module\Addon\Creditbridge\Settings;

/**
 * What the service knows of this WHMCS, kept as JSON in settings.whmcs. Refreshed by cron, on the addon page and when
 * settings are saved.
 */
final class Snapshot
{
    /**
     * Tables of WHMCS that a command touches. Transactions and row locks need InnoDB; old installations may have MyISAM
     * tables (whmcs.md §5).
     */
    const TABLES = [
        'tblclients', 'tblcredit', 'tblinvoices', 'tblinvoiceitems', 'tblaccounts', 'tblemails', 'tblactivitylog',
    ];

    public static function refresh(Settings $settings, bool $isCron = false): void
    {
        SharedConnection::measureIfChanged($settings);
        $before = $settings->json('whmcs');
        $values = WhmcsSetting::readAll(array_merge(CreditSettings::TOLD, ['Version', 'SystemURL']));
        $problem = ActingAdmin::problem($settings->text('acting_admin'));
        $settings->write(['whmcs' => [
            'version' => (string) $values['Version'] ?: 'unknown',
            'zone' => date_default_timezone_get(),
            'date' => date('Y-m-d'),
            'dateReadAt' => (string) Database::value("SELECT DATE_FORMAT(UTC_TIMESTAMP(6), '%Y-%m-%dT%H:%i:%s.%fZ')"),
            'systemUrl' => (string) $values['SystemURL'],
            'settings' => array_intersect_key($values, array_flip(CreditSettings::TOLD)),
            'lastCronAt' => $isCron ? gmdate('Y-m-d\TH:i:s\Z') : ($before['lastCronAt'] ?? null),
            'php' => PHP_MAJOR_VERSION . '.' . PHP_MINOR_VERSION . '.' . PHP_RELEASE_VERSION,
            'sharedConnection' => SharedConnection::isProven($settings),
            'measured' => $before['measured'] ?? [],
            'measuredWith' => $before['measuredWith'] ?? null,
            'testClient' => $before['testClient'] ?? null,
            'books' => $before['books'] ?? null,
            'autocommitOff' => Autocommit::noted($settings),
            'engines' => self::engines(),
            'backlogMailedAt' => $before['backlogMailedAt'] ?? null,
            'ceilingMailedAt' => $before['ceilingMailedAt'] ?? null,
            'actingAdmin' => ($problem === '' ? ['ok' => true] : ['ok' => false, 'reason' => $problem])
                + ['lacks' => ActingAdmin::lacks($settings->text('acting_admin'))],
            'creditAdmins' => CreditAdmins::look($before['creditAdmins'] ?? null),
            'mutation' => Mutation::isAllowed(),
            'dates' => self::dates($before['dates'] ?? []),
        ]]);
    }

    /** The local date as web pages and as the command line last saw it: each may have a zone of its own (whmcs.md §5). */
    private static function dates(array $known): array
    {
        return [PHP_SAPI === 'cli' ? 'cli' : 'web' => [
            'date' => date('Y-m-d'),
            'zone' => date_default_timezone_get(),
            'at' => gmdate('Y-m-d\TH:i:s\Z'),
        ]] + $known;
    }

    /** Stores one member, such as what the self-test measured. */
    public static function remember(Settings $settings, string $member, $value): void
    {
        $settings->write(['whmcs' => [$member => $value] + $settings->json('whmcs')]);
    }

    /** Table → storage engine, of those of TABLES and of the shared ones that are there. */
    public static function engines(): array
    {
        $tables = array_merge(self::TABLES, Schema::tables());
        $rows = Database::rows(
            'SELECT TABLE_NAME AS name, ENGINE AS engine FROM information_schema.TABLES'
            . ' WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN (' . Database::marks($tables) . ')'
            . ' ORDER BY TABLE_NAME',
            $tables
        );
        return array_column($rows, 'engine', 'name');
    }
}
