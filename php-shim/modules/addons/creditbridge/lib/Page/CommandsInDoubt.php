<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Page;

use WHMCS\Module\Addon\Creditbridge\Command\Queue;
use WHMCS\Module\Addon\Creditbridge\Log;

/**
 * Commands whose outcome is not known (design §7.5): nothing repeats or forgets them but an admin who has compared them
 * with WHMCS. Until then the client's other money commands wait.
 */
final class CommandsInDoubt
{
    /** The oldest; the others come up as these are settled. */
    const SHOWN = 20;

    /**
     * The card; '' when nothing is in doubt.
     *
     * @param callable $button act, its text, the kind of button, hidden fields → a form
     */
    public static function html(callable $button): string
    {
        $items = '';
        foreach (Queue::inDoubt(self::SHOWN) as $command) {
            $about = $command['action'] . ', client ' . $command['client_id']
                . ($command['invoice_id'] === null ? '' : ', invoice ' . $command['invoice_id']);
            $fields = ['command' => $command['id']];
            $items .= '<li><p><strong>' . Html::escape($about) . '</strong><br>' . Html::escape($command['reason']) . '</p>'
                . $button('settle-done', 'It was done', 'default', $fields) . ' '
                . $button('settle-not-done', 'It was not done', 'default', $fields) . '</li>';
        }
        return $items === '' ? '' : Html::card('Commands in doubt', '<p class="cb-help">They were cut off in the middle, and'
            . ' are never repeated by themselves. Look in WHMCS what happened, then say it here; until then no other money'
            . ' of these clients is moved.</p><ul class="cb-notices">' . $items . '</ul>');
    }

    /** Notes what the admin found. Not done gives the fact back, so that its rule may decide anew. */
    public static function settle(string $id, bool $isDone, int $adminId): string
    {
        $clientId = Queue::settleByHand($id, $isDone, 'Settled by admin ' . $adminId . '.');
        if ($clientId === null) {
            return 'This command is not in doubt any more.';
        }
        Log::activity('admin ' . $adminId . ' said that command ' . $id . ' was ' . ($isDone ? '' : 'not ')
            . 'done.', $clientId);

        return $isDone ? 'Noted as done.' : 'Noted as not done; its rule may propose it anew at its next occasion.';
    }
}
