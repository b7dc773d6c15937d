<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Installation;

use RuntimeException;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Page\Viewer;

/**
 * Who may agree to what another admin proposes: the active admins whose role has *Manage Credits*. The service can't tell: the
 * numbers of permissions are not documented (whmcs.md §5).
 */
final class CreditAdmins
{
    /**
     * WHMCS is asked again only when admins, roles or permissions changed.
     *
     * @param array|null $known what this returned before
     * @return array{of: string, ids: int[]}
     */
    public static function look($known): array
    {
        $admins = Database::rows('SELECT id, username, roleid FROM tbladmins WHERE disabled = 0 ORDER BY id');
        $rights = Database::rows('SELECT roleid, permid FROM tbladminperms ORDER BY roleid, permid');
        $of = hash('sha256', (string) json_encode([$admins, $rights]));
        if (is_array($known) && ($known['of'] ?? '') === $of) {
            return $known;
        }
        $roles = [];
        $ids = [];
        foreach ($admins as $admin) {
            $role = (int) $admin['roleid'];
            $roles[$role] = $roles[$role] ?? self::may((string) $admin['username']);
            if ($roles[$role]) {
                $ids[] = (int) $admin['id'];
            }
        }
        return ['of' => $of, 'ids' => $ids];
    }

    /** In doubt yes: whoever is counted too much only makes a proposal wait for a person. */
    private static function may(string $username): bool
    {
        try {
            return in_array(Viewer::MANAGES_CREDIT, ActingAdmin::permissions($username), true);
        } catch (RuntimeException $refusal) {
            return true;
        }
    }
}
