<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Page;

use WHMCS\Module\Addon\Creditbridge\Installation\WhmcsSetting;
use WHMCS\Module\Addon\Creditbridge\SelfTest\Trial;
use WHMCS\Module\Addon\Creditbridge\SelfTest\TrialReturn;
use WHMCS\Module\Addon\Creditbridge\SelfTest\Verdicts;
use WHMCS\Module\Addon\Creditbridge\Settings;

/**
 * Trials on the Connection page: what they have shown, which are wanted and why, and what each leaves in the books. Only an
 * admin starts one.
 */
final class TrialCards
{
    /** @var Settings */
    private $settings;

    public function __construct(Settings $settings)
    {
        $this->settings = $settings;
    }

    /** What an upgrade of WHMCS switched off; '' if each verdict is about the version that runs. */
    public static function afterUpgrade(Settings $settings): string
    {
        $off = [
            Verdicts::MAIL => 'credit before the mail, and invoices that add credit',
            Verdicts::RETURNS => 'credit that leaves an invoice',
        ];
        $old = [];
        foreach (array_keys($off) as $kind) {
            $last = Verdicts::last($settings, $kind);
            if ($last !== [] && !Verdicts::counts($last)) {
                $old[$kind] = (string) $last['version'];
            }
        }
        return $old === [] ? '' : 'WHMCS is ' . self::version() . ' now; the trials on the Connection page were taken with '
            . implode(' and ', array_unique($old)) . '. Off until they are taken again: '
            . implode('; ', array_intersect_key($off, $old)) . '.';
    }

    /** Asks for the trials that are wanted; '' if none is. */
    public function wanted(): string
    {
        $upgraded = self::afterUpgrade($this->settings);
        $isTried = Verdicts::last($this->settings, Verdicts::RETURNS) !== [];
        $sentence = $upgraded !== '' ? $upgraded : ($isTried ? ''
            : 'It was never tried on this WHMCS how credit leaves an invoice. Until then it leaves an unpaid invoice by'
                . ' hand alone' . (self::isNine() ? ', and none is given back when an invoice is cancelled.' : '.'));

        return $sentence === '' ? '' : '<div class="cb-flash cb-warn" role="status"><p><strong>A trial is wanted.</strong> '
            . Html::escape($sentence) . ' It is never taken by itself, because it leaves rows in the books: see under'
            . ' <em>Trials</em> what stays.</p></div>';
    }

    /** Rows of the state: name → what the trials have shown, as HTML. */
    public function rows(): array
    {
        $mail = Verdicts::last($this->settings, Verdicts::MAIL);
        $returns = Verdicts::last($this->settings, Verdicts::RETURNS);

        return [
            'Credit before the mail' => $this->row($mail, ($mail['passed'] ?? false) === true),
            'Invoices that add credit' => $this->row(
                $mail === [] ? [] : ($mail['deposit'] ?? []) + ['version' => $mail['version'], 'reason' => 'This was not tried.'],
                ($mail['deposit']['passed'] ?? false) === true
            ),
            'Credit off an unpaid invoice' => $this->row($returns, ($returns['takesOff'] ?? false) === true),
            'Credit back from a cancelled invoice' => $this->fromCancelled($returns),
        ];
    }

    /** The card with both forms. @param callable $formHead act, class → the beginning of its form */
    public function card(callable $formHead): string
    {
        $client = ' of one client, whom you choose';

        return Html::card('Trials', '<h4>Returning credit</h4><p class="cb-help">Puts ' . Trial::CREDIT . ' of credit on an'
            . ' invoice of ' . Trial::TOTAL . $client . ', takes it off and puts it on again, then cancels the invoice: does'
            . ' WHMCS give the credit back? No mail is sent. <strong>What stays:</strong> one cancelled invoice, and rows of the'
            . ' credit log that add up to 0.00.' . $this->notes('putting credit on it twice, taking it off, and closing it')
            . '</p>' . $this->form($formHead, 'trial-return', 'Client of this trial', 'Try how credit comes back')
            . '<h4>Credit before the mail</h4><p class="cb-help">Puts ' . Trial::CREDIT . ' of credit on an invoice of '
            . Trial::TOTAL . $client . ', before its mail, checks that the credit stays, and cancels it. Then makes, from a'
            . ' draft, an invoice that adds credit, and cancels it too. The client gets one mail. <strong>What stays:</strong>'
            . ' two cancelled invoices, and rows of the credit log that add up to 0.00.'
            . $this->notes('putting credit on the first, taking it off, and closing each') . '</p>'
            . $this->form($formHead, 'trial', 'Test client', 'Run the trial'));
    }

    private function notes(string $for): string
    {
        return !self::isNine() ? ''
            : ' On WHMCS 9 also numbered credit and debit notes, which nobody can delete: for ' . $for . '.';
    }

    private function form(callable $formHead, string $act, string $label, string $text): string
    {
        $id = 'creditbridge-' . $act;

        return $formHead($act, 'cb-buttons') . '<label for="' . $id . '">' . $label . '</label>'
            . '<input id="' . $id . '" type="text" name="client" size="6" inputmode="numeric" pattern="[0-9]+"'
            . ' placeholder="id" required>'
            . '<button class="btn btn-sm btn-default">' . Html::escape($text) . '</button></form>';
    }

    private function row(array $verdict, bool $isPassed): string
    {
        return $this->told($verdict, $isPassed && Verdicts::counts($verdict));
    }

    private function fromCancelled(array $returns): string
    {
        $isTried = Verdicts::counts($returns);
        $found = $isTried ? $returns['cancelling'] ?? TrialReturn::UNCLEAR : '';
        if ($found === TrialReturn::RETURNS) {
            return Html::status('good', 'by WHMCS itself') . ' Credit Bridge adds nothing.';
        }
        if (!$isTried && !self::isNine()) {
            return Html::status('good', 'allowed') . ' WHMCS 8 is known to keep it; the trial would show it.';
        }
        return $found === TrialReturn::KEEPS ? Html::status('good', 'allowed') . ' WHMCS keeps it.'
            : $this->told($returns, false);
    }

    private function told(array $verdict, bool $isAllowed): string
    {
        if ($verdict === []) {
            return Html::status('idle', 'off') . ' Not tried.';
        }
        return Html::status($isAllowed ? 'good' : 'warn', $isAllowed ? 'allowed' : 'off') . ' '
            . (Verdicts::counts($verdict) ? '' : 'Tried with ' . Html::escape((string) $verdict['version']) . ' only. ')
            . Html::escape(trim(($verdict['reason'] ?? '') . ' ' . ($verdict['stays'] ?? '')))
            . (($verdict['left'] ?? '') === '' ? '' : '<br>' . Html::status('warn', 'to do by hand') . ' '
                . Html::escape((string) $verdict['left']) . ' Then run the trial again.');
    }

    private static function version(): string
    {
        return (string) WhmcsSetting::readAll(['Version'])['Version'];
    }

    private static function isNine(): bool
    {
        return version_compare(self::version(), '9', '>=');
    }
}
