<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Page;

use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Hook\LoggedIn;
use WHMCS\Module\Addon\Creditbridge\Installation\ActingAdmin;
use WHMCS\Module\Addon\Creditbridge\Json;

/**
 * Who is looking at a page, as WHMCS knows it. The service decides rights by this alone.
 */
final class Viewer
{
    /** An admin with this permission may see secrets and use the switches (whmcs.md §5, permission names). */
    const FULL_ADMIN = 'Configure Addon Modules';
    /** An admin with this permission moves credit, and says whether a command that moved it was done. */
    const MANAGES_CREDIT = 'Manage Credits';
    /** An admin with this permission changes WHMCS's own settings. */
    const SETS_WHMCS = 'Configure General Settings';
    /** bridge: only these names are sent. */
    const TOLD = [
        self::MANAGES_CREDIT, 'View Credit Log', 'Manage Invoice', self::SETS_WHMCS, self::FULL_ADMIN,
    ];
    /** All permissions, which an owner has; other users of a client have some of these. */
    const CLIENT_PERMISSIONS = [
        'profile', 'contacts', 'products', 'manageproducts', 'productsso', 'domains', 'managedomains', 'invoices',
        'quotes', 'tickets', 'affiliates', 'emails', 'orders',
    ];

    /** @return array{kind: string, adminId: int, permissions: string[]} */
    public static function admin(): array
    {
        $adminId = (int) ($_SESSION['adminid'] ?? 0);
        $username = (string) Database::value('SELECT username FROM tbladmins WHERE id = ?', [$adminId]);
        $permissions = $username === '' ? [] : ActingAdmin::permissions($username);

        return [
            'kind' => 'admin',
            'adminId' => $adminId,
            'permissions' => array_values(array_intersect(self::TOLD, $permissions)),
        ];
    }

    /** The client who is logged in, or null. */
    public static function client()
    {
        $clientId = LoggedIn::clientId();
        if ($clientId === 0) {
            return null;
        }
        $class = '\\WHMCS\\Authentication\\CurrentUser';
        $current = class_exists($class) ? new $class() : null;
        $user = $current === null ? null : $current->user();
        $isMasquerading = $current !== null && $current->isMasqueradingAdmin();

        return [
            'kind' => 'client',
            'clientId' => $clientId,
            'userId' => is_object($user) ? (int) $user->id : null,
            'permissions' => is_object($user) ? self::ofUser((int) $user->id, $clientId) : self::CLIENT_PERMISSIONS,
            'masqueradingAdminId' => $isMasquerading ? (int) ($_SESSION['adminid'] ?? 0) ?: null : null,
        ];
    }

    /** Reads tblusers_clients, which has the owner flag and the list, as comma-separated text or as JSON. */
    private static function ofUser(int $userId, int $clientId): array
    {
        $row = Database::row(
            'SELECT owner, permissions FROM tblusers_clients WHERE auth_user_id = ? AND client_id = ?',
            [$userId, $clientId]
        );
        if ($row === null) {
            return [];
        }
        if ((int) $row['owner'] === 1) {
            return self::CLIENT_PERMISSIONS;
        }
        $list = Json::decode($row['permissions']);
        $list = $list === [] ? explode(',', (string) $row['permissions']) : $list;
        $names = array_map(static function ($name): string {
            return is_string($name) ? trim($name) : '';
        }, $list);

        return array_values(array_intersect(self::CLIENT_PERMISSIONS, $names));
    }
}
