<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Command;

use WHMCS\Database\Capsule;
use WHMCS\Module\Addon\Creditbridge\Audit;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Hundredths;
use WHMCS\Module\Addon\Creditbridge\LocalApi;
use WHMCS\Module\Addon\Creditbridge\Schema;
use WHMCS\Module\Addon\Creditbridge\Settings;

/**
 * Above what one admin may do alone within a day (Alone), two admins have to say the same of a command in doubt, also without the
 * service. Answers stand in a table that the service cannot write: its password gives no second answer.
 */
final class SecondAnswer
{
    /** After this the first answer is forgotten, as proposals are. */
    const DAYS = 7;
    /** Where nobody else may answer, the same admin does so again after this; meanwhile the mail about it can be read. */
    const ALONE_HOURS = 24;

    /** Whether this admin's answer counts; if not, it is noted, and another admin has to give the same. */
    public static function counts(array $command, bool $isDone, int $adminId): bool
    {
        return Capsule::connection()->transaction(static function () use ($command, $isDone, $adminId): bool {
            $asked = Hundredths::parse($command['parameters']['amount'] ?? '0');
            $amount = max($asked, abs((int) $command['amount_hundredths']));
            $currency = (int) Database::value('SELECT currency FROM tblclients WHERE id = ?', [$command['client_id']]);
            $isAlone = $amount === 0 || Alone::has($adminId, $currency, $amount, $command['id']);
            if (!$isAlone && self::isSecond($command['id'], $isDone, $adminId)) {
                return true;
            }
            self::note($command['id'], $isDone, $adminId, $isAlone, $currency, $amount);
            return $isAlone;
        }, Audit::TRIES);
    }

    /** Records that another admin is wanted, and has the admins mailed; without names and amounts, as everybody may read it. */
    public static function ask(array $command, bool $isDone, int $adminId): string
    {
        Audit::byAdmin($adminId, 'command-settle-ask', 'command:' . $command['id'], ['done' => $isDone]);
        $settings = Settings::load();
        $who = self::isSole($settings, $adminId)
            ? 'Nobody else may answer, so say the same again after ' . self::ALONE_HOURS . ' hours. If it was not you, change'
                . ' your password.'
            : 'Another admin with Manage Credits has to say the same within ' . self::DAYS . ' days.';
        LocalApi::call('SendAdminEmail', [
            'type' => 'system',
            'customsubject' => 'Credit Bridge: an answer about a command in doubt needs a second admin',
            'custommessage' => 'Admin #' . $adminId . ' said what became of a command above the approval amount. ' . $who
                . ' It stands under Addons > Credit Bridge > Connection.',
        ], $settings->text('acting_admin'));

        return 'It is above what you may do alone within a day. ' . $who . ' Until then it stays in doubt.';
    }

    /** Commands in doubt about which somebody else gave an answer that this admin can second. */
    public static function waitingFor(int $adminId): int
    {
        return Schema::isCurrent() ? (int) Database::value(
            'SELECT COUNT(DISTINCT a.command_id) FROM mod_creditbridge_answers a JOIN mod_creditbridge_commands k'
            . " ON k.id = a.command_id AND k.state = 'unknown'"
            . ' WHERE a.admin_id <> ? AND a.at >= UTC_TIMESTAMP(6) - INTERVAL ' . self::DAYS . ' DAY',
            [$adminId]
        ) : 0;
    }

    /** Deletes answers that count for nothing any more. */
    public static function prune()
    {
        Database::change(
            'DELETE FROM mod_creditbridge_answers WHERE at < UTC_TIMESTAMP(6) - INTERVAL ' . self::DAYS . ' DAY'
        );
    }

    /** Whether somebody else gave this answer before, or the same admin long ago where there is nobody else. */
    private static function isSecond(string $id, bool $isDone, int $adminId): bool
    {
        $long = self::isSole(Settings::load(), $adminId)
            ? ' OR at < UTC_TIMESTAMP(6) - INTERVAL ' . self::ALONE_HOURS . ' HOUR' : '';

        return Database::value(
            'SELECT 1 FROM mod_creditbridge_answers WHERE command_id = ? AND is_done = ?'
            . ' AND at >= UTC_TIMESTAMP(6) - INTERVAL ' . self::DAYS . ' DAY AND (admin_id <> ?' . $long . ') LIMIT 1',
            [$id, (int) $isDone, $adminId]
        ) !== null;
    }

    /** The same answer again stays as old as it is. */
    private static function note(string $id, bool $isDone, int $adminId, bool $isAlone, int $currency, int $amount)
    {
        Database::change(
            'INSERT INTO mod_creditbridge_answers (command_id, admin_id, is_done, is_alone, currency_id, amount_hundredths, at)'
            . ' VALUES (?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(6)) ON DUPLICATE KEY UPDATE'
            . ' at = IF(is_done = VALUES(is_done) AND is_alone = VALUES(is_alone), at, VALUES(at)), is_done = VALUES(is_done),'
            . ' is_alone = VALUES(is_alone), currency_id = VALUES(currency_id), amount_hundredths = VALUES(amount_hundredths)',
            [$id, $adminId, (int) $isDone, (int) $isAlone, $currency, $amount]
        );
    }

    private static function isSole(Settings $settings, int $adminId): bool
    {
        return ($settings->json('whmcs')['creditAdmins']['ids'] ?? null) === [$adminId];
    }
}
