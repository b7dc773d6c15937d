<?php

declare(strict_types=1);

namespace StandIn\Api\Actions;

use StandIn\Api\Action;
use StandIn\Api\ApiError;
use StandIn\Platform\Actor;
use StandIn\Platform\Clock;
use StandIn\Platform\Db;
use StandIn\Platform\Permissions;

/** whmcs.md §5 (tbladminperms): the permissions of the admin who asks, by name. */
final class GetAdminDetails implements Action
{
    public function run(array $values): array
    {
        $admin = Db::table('tbladmins')->where('id', Actor::adminId())->first() ?? throw new ApiError('No Admin User');
        return [
            'adminid' => (int) $admin->id, 'name' => trim("$admin->firstname $admin->lastname"),
            'notes' => $admin->notes, 'signature' => $admin->signature,
            'allowedpermissions' => implode(',', Permissions::ofAdmin((int) $admin->id)), 'departments' => '',
            'requesttime' => Clock::now(),
        ];
    }
}
