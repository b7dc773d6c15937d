<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Page;

use WHMCS\Module\Addon\Creditbridge\Audit;
use WHMCS\Module\Addon\Creditbridge\Command\SecondAnswer;
use WHMCS\Module\Addon\Creditbridge\Database;

/**
 * What waits for a second admin, on the home page of those who may agree and of nobody else. WHMCS's mails to admins go by role
 * (whmcs.md §3.2), so they reach others, too, and perhaps not all of these.
 */
final class ProposalsAlert
{
    public static function html(): string
    {
        $adminId = (int) ($_SESSION['adminid'] ?? 0);
        $links = array_filter([
            'approvals' => self::told(self::proposals($adminId), 'proposal'),
            'connection' => self::told(SecondAnswer::waitingFor($adminId), 'command in doubt'),
        ]);
        if ($links === [] || !in_array(Viewer::MANAGES_CREDIT, Viewer::admin()['permissions'], true)) {
            return '';
        }
        $html = '';
        foreach ($links as $page => $sentence) {
            $html .= ' ' . $sentence . ' <a href="addonmodules.php?module=creditbridge&amp;page=' . $page
                . '" class="alert-link">Open Credit Bridge</a>';
        }
        return '<div class="alert alert-info"><strong>Credit Bridge:</strong>' . $html . '</div>';
    }

    private static function told(int $count, string $what): string
    {
        return $count === 0 ? '' : ($count === 1 ? 'One ' . $what . ' waits' : $count . ' ' . $what . 's wait')
            . ' for a second admin.';
    }

    /** Those that this admin may decide about. */
    private static function proposals(int $adminId): int
    {
        return Database::hasTable('mod_creditbridge_approvals') ? (int) Database::value(
            "SELECT COUNT(*) FROM mod_creditbridge_approvals WHERE state = 'pending' AND proposed_by <> ?"
            . ' AND expires_at > UTC_TIMESTAMP(6)',
            [Audit::admin($adminId)]
        ) : 0;
    }
}
