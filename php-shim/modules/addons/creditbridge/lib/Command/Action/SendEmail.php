<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Command\Action;

use WHMCS\Module\Addon\Creditbridge\Command\Command;
use WHMCS\Module\Addon\Creditbridge\Command\Outcome;
use WHMCS\Module\Addon\Creditbridge\Database;

if (!defined('WHMCS')) {
    // Called by itself, as where the web server serves this folder: its parent is not there.
    return;
}

/**
 * SendEmail: looks for a mail with that subject to that client since the start. In doubt it is not repeated.
 *
 * WHMCS runs subject and text of a mail through Smarty (whmcs.md §4.5), where braces are code: they may hold nothing but the
 * fields named here.
 */
final class SendEmail extends Action
{
    const FIELDS = [
        'client_name', 'client_first_name', 'client_last_name', 'company_name', 'invoice_id', 'invoice_num', 'signature',
    ];

    /** The only markup, by which plain text has its lines. Admins read mails in WHMCS, where a script would act in their name. */
    const LINES = ['<p>', '</p>', '<br>'];

    protected function parameters(): array
    {
        return ['messagename', 'customtype', 'customsubject', 'custommessage', 'id'];
    }

    protected function isComplete(array $parameters): bool
    {
        return self::has($parameters, 'messagename', 'id')
            || self::has($parameters, 'customtype', 'customsubject', 'custommessage', 'id')
                && self::isPlain($parameters['customsubject']) && self::isPlain($parameters['custommessage']);
    }

    private static function isPlain($text): bool
    {
        $withoutFields = preg_replace('/\{\$(' . implode('|', self::FIELDS) . ')\}/', '', (string) $text);

        return $withoutFields !== null && strpbrk($withoutFields, '{}') === false
            && strpos(str_replace(self::LINES, '', (string) $text), '<') === false;
    }

    public function leavesFirst(): bool
    {
        return true;
    }

    public function afterCut(array $command): Outcome
    {
        if (!self::wasAsked($command)) {
            return new Outcome(Command::OPEN, 'It had no effect: WHMCS was not asked to send it.');
        }
        $subject = (string) ($command['parameters']['customsubject'] ?? Database::value(
            "SELECT subject FROM tblemailtemplates WHERE name = ? AND language = '' LIMIT 1",
            [$command['parameters']['messagename'] ?? '']
        ));
        // WHMCS fills in merge fields ({$invoice_id}); the text between them stays as it is.
        $pattern = '/^' . preg_replace('/\\\\\{.*?\\\\\}/', '.*', preg_quote($subject, '/')) . '$/s';
        $mails = Database::rows(
            'SELECT subject FROM tblemails WHERE id > ? AND userid = ?',
            [(int) ($command['witnesses']['emailId'] ?? 0), $command['client_id']]
        );
        foreach ($mails as $mail) {
            if ($subject !== '' && preg_match($pattern, (string) $mail['subject']) === 1) {
                return new Outcome(Command::DONE, 'Found among the sent mails.');
            }
        }
        return new Outcome(Command::UNKNOWN, 'It is not known whether the mail was sent; it is not sent again automatically.');
    }
}
