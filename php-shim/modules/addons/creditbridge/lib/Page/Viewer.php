<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Page;

use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Hook\LoggedIn;
use WHMCS\Module\Addon\Creditbridge\Installation\ActingAdmin;
use WHMCS\Module\Addon\Creditbridge\Json;

/**
 * Who is looking at a page, as WHMCS knows it: the service judges rights by this and by nothing else.
 */
final class Viewer
{
    /** Who may open the Addon Modules page may see secrets and switch things (whmcs.md §5, permission names). */
    const FULL_ADMIN = 'Configure Addon Modules';
    /** bridge: only these names are told. */
    const TOLD = ['Manage Credits', 'View Credit Log', 'Manage Invoice', self::FULL_ADMIN];
    /** What an owner may do; other users of a client have a list of these. */
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

    /** tblusers_clients holds the owner flag and the list, as text with commas or as JSON. */
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
