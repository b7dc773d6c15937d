<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Command;

use WHMCS\Module\Addon\Creditbridge\Audit;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Hundredths;
use WHMCS\Module\Addon\Creditbridge\Json;
use WHMCS\Module\Addon\Creditbridge\Settings;

/**
 * Above the approval amount (src/operations) two admins have to say the same of a command in doubt, also without the service. The
 * first answer stands in the audit.
 */
final class SecondAnswer
{
    const ACT = 'command-settle-ask';
    /** After this the first answer is forgotten, as proposals are. */
    const DAYS = 7;
    /** Before anybody has set an amount: 100.00. */
    const USUAL_HUNDREDTHS = 10000;

    /** Whether this admin's answer counts; if not, it is noted for another admin to give the same. */
    public static function counts(array $command, bool $isDone, int $adminId): bool
    {
        $amount = abs((int) $command['amount_hundredths']);
        if ($amount <= self::limitOf((int) $command['client_id']) || self::isAlone($adminId)) {
            return true;
        }
        $answer = Json::encode(['done' => $isDone]);
        $earlier = Database::value(
            'SELECT id FROM mod_creditbridge_audit WHERE at >= UTC_TIMESTAMP(6) - INTERVAL ' . self::DAYS . ' DAY'
            . ' AND act = ? AND target = ? AND actor <> ? AND details LIKE ? LIMIT 1',
            [self::ACT, 'command:' . $command['id'], Audit::admin($adminId), '%' . trim($answer, '{}') . '%']
        );
        if ($earlier !== null) {
            return true;
        }
        Audit::byAdmin($adminId, self::ACT, 'command:' . $command['id'], ['done' => $isDone]);

        return false;
    }

    /** In the client's currency, or the smallest of all for a currency without an amount of its own. */
    private static function limitOf(int $clientId): int
    {
        $stored = Json::decode(self::stored());
        $amounts = is_array($stored['amounts'] ?? null) ? array_map([Hundredths::class, 'parse'], $stored['amounts']) : [];
        $currency = (string) Database::value('SELECT currency FROM tblclients WHERE id = ?', [$clientId]);

        return $amounts[$currency] ?? ($amounts === [] ? self::USUAL_HUNDREDTHS : min($amounts));
    }

    /** As the service keeps it; null before the service has made its tables. */
    private static function stored()
    {
        $isThere = Database::value(
            'SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ?',
            ['mod_creditbridge_rule_settings']
        );
        return $isThere === null ? null : Database::value(
            'SELECT settings FROM mod_creditbridge_rule_settings WHERE rule = ? AND layer = ? AND layer_id = 0',
            ['operations/approval', 'installation']
        );
    }

    /** Nobody else could give the second answer. */
    private static function isAlone(int $adminId): bool
    {
        return (Settings::load()->json('whmcs')['creditAdmins']['ids'] ?? null) === [$adminId];
    }
}
