<?php

declare(strict_types=1);

namespace StandIn\Api\Actions;

use StandIn\Api\Action;
use StandIn\Api\ApiError;
use StandIn\Api\Read;
use StandIn\Platform\Clock;
use StandIn\Platform\Db;
use StandIn\Web\Templates;

/** whmcs.md §3.2. One row of tblemails with user 0 for each admin addressed. */
final class SendAdminEmail implements Action
{
    public function run(array $values): array
    {
        $name = Read::text($values, 'messagename');
        $subject = Read::text($values, 'customsubject');
        $message = (string) ($values['custommessage'] ?? '');
        if ($name !== '') {
            $template = Db::table('tblemailtemplates')->where('name', $name)->first()
                ?? throw new ApiError('Email Template not found');
            [$subject, $message] = [(string) $template->subject, (string) $template->message];
        }
        $fields = is_array($values['mergefields'] ?? null) ? $values['mergefields'] : [];
        foreach (Db::table('tbladmins')->where('disabled', 0)->pluck('email') as $email) {
            Db::table('tblemails')->insert([
                'userid' => 0, 'subject' => Templates::text($subject, $fields), 'to' => $email, 'date' => Clock::now(),
                'message' => Templates::text($message, $fields), 'created_at' => Clock::now(), 'updated_at' => Clock::now(),
            ]);
        }
        return [];
    }
}
