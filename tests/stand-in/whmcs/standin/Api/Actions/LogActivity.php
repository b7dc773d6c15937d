<?php

declare(strict_types=1);

namespace StandIn\Api\Actions;

use StandIn\Api\Action;
use StandIn\Api\ApiError;
use StandIn\Api\Read;
use StandIn\Platform\Activity;

/** whmcs.md §3.2 (clientid since 8.0). */
final class LogActivity implements Action
{
    public function run(array $values): array
    {
        if (Read::text($values, 'description') === '') {
            throw new ApiError('A description is required');
        }
        Activity::log(Read::text($values, 'description'), (int) ($values['clientid'] ?? 0));
        return [];
    }
}
