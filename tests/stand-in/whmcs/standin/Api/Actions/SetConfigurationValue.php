<?php

declare(strict_types=1);

namespace StandIn\Api\Actions;

use StandIn\Api\Action;
use StandIn\Api\ApiError;
use StandIn\Api\Read;
use StandIn\Platform\Db;
use StandIn\Platform\Settings;

/** whmcs.md §3.2: only through localAPI. */
final class SetConfigurationValue implements Action
{
    public function run(array $values): array
    {
        $setting = Read::text($values, 'setting');
        if ($setting === '') {
            throw new ApiError('Parameter setting is required');
        }
        if (!isset($values['value'])) {
            throw new ApiError('Parameter value is required');
        }
        $before = Db::table('tblconfiguration')->where('setting', $setting)->value('value')
            ?? throw new ApiError('Invalid name for parameter setting');
        Settings::set($setting, (string) $values['value']);
        return ['value_changed' => $before !== (string) $values['value']];
    }
}
