<?php

declare(strict_types=1);

namespace StandIn\Mail;

use StandIn\Platform\Clock;
use StandIn\Platform\Db;
use StandIn\Web\Templates;
use stdClass;

/** Sends nothing anywhere: a mail is a row of tblemails (whmcs.md §5), after EmailPreSend let it pass (§4.5). */
final class Mailer
{
    /** @param array<string, mixed> $vars Merge fields beside the ordinary ones. Whether it was "sent". */
    public static function send(string $templateName, int $relatedId, array $vars = []): bool
    {
        $template = Db::table('tblemailtemplates')->where('name', $templateName)->where('language', '')->first();
        if ($template === null || (int) $template->disabled === 1) {
            return false;
        }
        return self::sendTemplate($template, $relatedId, $vars);
    }

    /** @param array<string, mixed> $vars */
    public static function sendTemplate(stdClass $template, int $relatedId, array $vars = []): bool
    {
        $clientId = MergeFields::clientOf((string) $template->type, $relatedId);
        if ($clientId === 0) {
            return false;
        }
        $fields = MergeFields::of((string) $template->type, $relatedId, $clientId);
        $event = ['messagename' => $template->name, 'relid' => $relatedId, 'mergefields' => $fields];
        foreach (run_hook('EmailPreSend', $event) as $result) {
            if (is_array($result) && ($result['abortsend'] ?? false)) {
                return false;
            }
            $vars = (is_array($result) ? $result : []) + $vars;
        }
        $message = Templates::text((string) $template->message, $vars + $fields);
        $subject = Templates::text((string) $template->subject, $vars + $fields);
        Db::table('tblemails')->insert([
            'userid' => $clientId, 'subject' => $subject, 'message' => $message, 'date' => Clock::now(),
            'to' => $fields['client_email'], 'created_at' => Clock::now(), 'updated_at' => Clock::now(),
        ]);
        return true;
    }
}
