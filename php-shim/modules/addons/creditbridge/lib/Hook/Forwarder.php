<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Hook;

use WHMCS\Module\Addon\Creditbridge\Clock;
use WHMCS\Module\Addon\Creditbridge\Command\Executor;
use WHMCS\Module\Addon\Creditbridge\Command\Running;
use WHMCS\Module\Addon\Creditbridge\Connection\Service;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Installation\ActingAdmin;
use WHMCS\Module\Addon\Creditbridge\Limits;
use WHMCS\Module\Addon\Creditbridge\SelfTest\Verdicts;
use WHMCS\Module\Addon\Creditbridge\Settings;
use WHMCS\Module\Addon\Creditbridge\Spool\Item;
use WHMCS\Module\Addon\Creditbridge\Spool\Sender;
use WHMCS\Module\Addon\Creditbridge\Spool\Spool;
use WHMCS\Module\Addon\Creditbridge\Work\AfterPage;

/**
 * Tells the service that a hook fired, in one of three ways (bridge/README.md "POST /v1/manifest").
 */
final class Forwarder
{
    /** @var Settings */
    private $settings;

    public function __construct(Settings $settings)
    {
        $this->settings = $settings;
    }

    /**
     * @param array $entry the hook's entry in the manifest
     * @return mixed what WHMCS gets from this hook
     */
    public function forward(string $hook, array $vars, array $entry)
    {
        if ($hook === 'EmailPreSend' && Running::commandId() !== '') {
            // Our own command sends this mail: there is nothing to ask or hold.
            return null;
        }
        $answer = (string) $entry['answer'];
        $asks = $answer !== 'deferred' && $this->mayAsk($hook);
        if (!$asks && self::isQuestionOfAPage($hook)) {
            return null;
        }
        // Finding the logged-in client costs WHMCS a query, so only hooks that send it do so.
        $tellsClient = in_array('session.userid', Fields::KNOWN[$hook] ?? [], true);
        $named = is_array($entry['fields'] ?? null) ? $entry['fields'] : [];
        $data = Collector::collect($hook, $vars, $_REQUEST, $tellsClient ? LoggedIn::clientId() : 0, $named);
        if (!$asks) {
            $item = new Item($hook, 'deferred', $data, $this->settings);
            Checkout::isUnderWay() ? Checkout::hold($item) : Spool::keep($item);
            AfterPage::send($this->settings);
            return $answer === 'veto' ? Answer::whenDown($hook, $this->settings) : null;
        }
        $result = $this->ask(new Item($hook, $answer, $data, $this->settings), $data);
        if ($result === null) {
            AfterPage::send($this->settings);
            return $answer === 'veto' ? Answer::whenDown($hook, $this->settings) : null;
        }
        return Answer::toWhmcs($hook, $result, $vars);
    }

    /** A page asks what to show: nothing happened that must be reported later, so nothing is spooled. */
    private static function isQuestionOfAPage(string $hook): bool
    {
        return strncmp($hook, 'ClientAreaPage', 14) === 0;
    }

    /** Whether the service may be asked now. Checks everything that is known without asking. */
    private function mayAsk(string $hook): bool
    {
        return $this->settings->isWorking()
            && Running::commandId() === ''
            && !(new Service($this->settings))->breaker()->isOpen()
            && !Database::inTransaction()
            && !Checkout::isUnderWay()
            // Before the mail, commands run only if the trial invoice has shown that credit, total and status survive
            // (design §8). Until then this hook is deferred.
            && ($hook !== 'InvoiceCreationPreEmail' || $this->hasPassedTrial())
            // A command of ours sends a held mail; while no command may run, WHMCS sends the mail as usual.
            && ($hook !== 'EmailPreSend' || $this->mayAct());
    }

    private function mayAct(): bool
    {
        return !$this->settings->isFrozen() && ActingAdmin::problem($this->settings->text('acting_admin')) === '';
    }

    /** The verdict counts only for the WHMCS version that was tried. */
    private function hasPassedTrial(): bool
    {
        $trial = Verdicts::last($this->settings, Verdicts::MAIL);

        return ($trial['passed'] ?? false) === true && Verdicts::counts($trial);
    }

    /** Returns the service's result, or null if there is none; the item then stays in the spool. */
    private function ask(Item $item, array $data)
    {
        $sender = new Sender($this->settings, new Service($this->settings));
        $timeoutMs = $item->answer === 'veto' ? Limits::VETO_MS : Limits::INLINE_MS;
        if (self::isQuestionOfAPage($item->hook)) {
            return $sender->inquire($item, $timeoutMs);
        }
        Spool::keepTaken($item);
        AfterPage::schedule();
        $result = $sender->ask($item, $timeoutMs);
        if ($result !== null && $sender->waiting() > 0) {
            $this->carryOut(Client::of($data));
        }
        return $result;
    }

    /** Runs the commands of the hook's client; the others wait until the page is done. */
    private function carryOut(int $clientId): void
    {
        if ($clientId === 0) {
            AfterPage::send($this->settings);
            return;
        }
        $deadline = Clock::seconds() + Limits::INLINE_COMMANDS_SECONDS;
        (new Executor($this->settings))->run($deadline, $clientId, Limits::INLINE_COMMANDS);
    }
}
