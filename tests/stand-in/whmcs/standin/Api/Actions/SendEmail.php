<?php

declare(strict_types=1);

namespace StandIn\Api\Actions;

use StandIn\Api\Action;
use StandIn\Api\ApiError;
use StandIn\Api\Read;
use StandIn\Mail\Mailer;
use StandIn\Platform\Db;

/** whmcs.md §3.2: a stored template, or type, subject and message of one's own. A hook that aborts makes it fail. */
final class SendEmail implements Action
{
    public function run(array $values): array
    {
        $name = Read::text($values, 'messagename');
        $id = (int) ($values['id'] ?? 0);
        $template = (object) [
            'name' => 'Mass Mail Template', 'type' => Read::text($values, 'customtype'),
            'subject' => Read::text($values, 'customsubject'), 'message' => (string) ($values['custommessage'] ?? ''),
        ];
        if ($name !== '') {
            $template = Db::table('tblemailtemplates')->where('name', $name)->where('language', '')->first()
                ?? throw new ApiError('Email Template not found');
            if ((int) $template->disabled === 1) {
                throw new ApiError('Email Template is disabled');
            }
        }
        if ($id === 0) {
            throw new ApiError('A related ID is required');
        }
        if (!Mailer::sendTemplate($template, $id, self::customVars(Read::text($values, 'customvars')))) {
            throw new ApiError('Sending Failed. Please see documentation.');
        }
        return [];
    }

    /** base64(serialize(array)) by the documentation. @return array<string, mixed> */
    private static function customVars(string $text): array
    {
        $vars = $text === '' ? [] : unserialize((string) base64_decode($text), ['allowed_classes' => false]);
        return is_array($vars) ? $vars : [];
    }
}
