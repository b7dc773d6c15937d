<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Page;

use WHMCS\Module\Addon\Creditbridge\Audit;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Declined;
use WHMCS\Module\Addon\Creditbridge\Schema;
use WHMCS\Module\Addon\Creditbridge\Text;

/**
 * Clients for whom no command runs, with or without the service (bridge/README.md, mod_creditbridge_frozen_clients).
 */
final class FrozenClients
{
    /** Shows the newest; the service's pages list all. */
    const SHOWN = 20;

    /**
     * The card.
     *
     * @param callable $button act, its text, the kind of button, hidden fields → a form
     * @param string $formHead the opening tag of a form and its hidden fields, for the act freeze-client
     */
    public static function html(callable $button, string $formHead): string
    {
        if (!Schema::isCurrent()) {
            return '';
        }
        $items = '';
        $rows = Database::rows(
            'SELECT f.client_id, f.reason, COALESCE(a.username, f.frozen_by) AS who, f.frozen_at'
            . ' FROM mod_creditbridge_frozen_clients f'
            . " LEFT JOIN tbladmins a ON f.frozen_by LIKE 'admin:%' AND a.id = SUBSTRING(f.frozen_by, 7)"
            . ' ORDER BY f.frozen_at DESC, f.client_id LIMIT ' . self::SHOWN
        );
        foreach ($rows as $row) {
            $items .= '<li><p><strong>Client ' . (int) $row['client_id'] . '</strong>: ' . Html::escape($row['reason'])
                . '<br><span class="cb-quiet">' . Html::escape($row['who']) . ', ' . Html::time($row['frozen_at'])
                . '</span></p>'
                . '<p>' . self::waiting((int) $row['client_id']) . '</p>'
                . $button('unfreeze-client', 'Unfreeze', 'default', ['client' => (string) $row['client_id']], '<label>Why it can'
                    . ' go on <input type="text" name="reason" maxlength="500" required></label>') . '</li>';
        }
        $count = (int) Database::value('SELECT COUNT(*) FROM mod_creditbridge_frozen_clients');
        $more = $count > self::SHOWN ? '<p class="cb-help">And ' . ($count - self::SHOWN) . ' more.</p>' : '';

        return Html::card('Frozen clients', '<p class="cb-help">No command is run for a frozen client. Hooks are still sent.'
            . '</p>' . ($items === '' ? '<p class="cb-quiet">None.</p>' : '<ul class="cb-notices">' . $items . '</ul>' . $more)
            . $formHead . '<label for="creditbridge-freeze-client">Client</label>'
            . '<input id="creditbridge-freeze-client" type="text" name="client" size="6" inputmode="numeric" pattern="[0-9]+"'
            . ' placeholder="id" required><label for="creditbridge-freeze-reason">Reason, if there is'
            . ' time</label><input id="creditbridge-freeze-reason" type="text" name="reason" maxlength="500">'
            . '<button class="btn btn-sm btn-danger">Freeze client</button></form>');
    }

    /** @throws Declined with a sentence for the admin */
    public static function freeze(int $clientId, string $reason, int $adminId): string
    {
        $reason = trim(Text::storable($reason, 500));
        if ($clientId < 1 || Database::value('SELECT 1 FROM tblclients WHERE id = ?', [$clientId]) === null) {
            throw new Declined('There is no such client. Enter the number of a client.');
        }
        $admin = Audit::admin($adminId);
        $freeze = static function () use ($clientId, $reason, $admin): bool {
            return Database::change(
                'INSERT IGNORE INTO mod_creditbridge_frozen_clients (client_id, reason, frozen_by, frozen_at)'
                . ' VALUES (?, ?, ?, UTC_TIMESTAMP(6))',
                [$clientId, $reason, $admin]
            ) === 1;
        };
        if (!Audit::recorded($admin, 'client-freeze', ['reason' => $reason], $freeze, 'client:' . $clientId)) {
            return 'Client ' . $clientId . ' is already frozen.';
        }

        return 'Client ' . $clientId . ' is frozen: no command is run for them until you unfreeze.';
    }

    /** What is done as soon as the client goes on. */
    private static function waiting(int $clientId): string
    {
        $count = (int) Database::value(
            "SELECT COUNT(*) FROM mod_creditbridge_commands WHERE client_id = ? AND state = 'open'",
            [$clientId]
        );
        return $count === 0 ? 'No command waits.' : ($count === 1 ? 'One command waits' : $count . ' commands wait')
            . ' and is done on unfreezing, where it still fits.';
    }

    /** @throws Declined without a reason */
    public static function unfreeze(int $clientId, string $reason, int $adminId): string
    {
        $reason = trim(Text::storable($reason, 500));
        if ($reason === '') {
            throw new Declined('Say why client ' . $clientId . ' can go on: what waits is done then.');
        }
        $unfreeze = static function () use ($clientId): bool {
            return Database::change('DELETE FROM mod_creditbridge_frozen_clients WHERE client_id = ?', [$clientId]) === 1;
        };
        $admin = Audit::admin($adminId);
        if (!Audit::recorded($admin, 'client-unfreeze', ['reason' => $reason], $unfreeze, 'client:' . $clientId)) {
            return 'Client ' . $clientId . ' is not frozen.';
        }

        return 'Commands run again for client ' . $clientId . '.';
    }
}
