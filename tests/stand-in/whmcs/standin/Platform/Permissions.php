<?php

declare(strict_types=1);

namespace StandIn\Platform;

/** Admin permissions by name (whmcs.md §5, tbladminperms). WHMCS's numbers are not known; these are the stand-in's. */
final class Permissions
{
    public const NAMES = [
        1 => 'View Credit Log', 2 => 'Manage Credits', 3 => 'Manage Invoice', 4 => 'Create Invoice',
        5 => 'Refund Invoice Payments', 6 => 'Add Transaction', 7 => 'API Access', 8 => 'Configure Addon Modules',
        9 => 'Addon Modules', 10 => 'List Clients', 11 => 'View Clients Summary', 12 => 'List Invoices',
        13 => 'Configure General Settings', 14 => 'View Activity Log', 15 => 'Edit Clients Details',
        16 => 'Delete Invoice',
    ];

    /** @return list<string> */
    public static function ofAdmin(int $adminId): array
    {
        $ids = Db::table('tbladminperms')->join('tbladmins', 'tbladmins.roleid', '=', 'tbladminperms.roleid')
            ->where('tbladmins.id', $adminId)->pluck('permid')->all();
        return array_values(array_intersect_key(self::NAMES, array_flip(array_map('intval', $ids))));
    }

    public static function has(int $adminId, string $permission): bool
    {
        return in_array($permission, self::ofAdmin($adminId), true);
    }
}
