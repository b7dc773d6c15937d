<?php

declare(strict_types=1);

namespace StandIn\Api\Actions;

use StandIn\Api\Action;
use StandIn\Api\ApiError;
use StandIn\Api\Read;
use StandIn\Platform\Db;

/** whmcs.md §3.2. */
final class GetConfigurationValue implements Action
{
    public function run(array $values): array
    {
        $setting = Read::text($values, 'setting');
        if ($setting === '') {
            throw new ApiError('Parameter setting is required');
        }
        $value = Db::table('tblconfiguration')->where('setting', $setting)->value('value')
            ?? throw new ApiError('Invalid name for parameter setting');
        return ['setting' => $setting, 'value' => $value];
    }
}
